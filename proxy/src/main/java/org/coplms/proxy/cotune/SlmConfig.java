package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.train.OptimizerConfig;

/**
 * How an SLM is tuned on its device.
 *
 * @param lora counts only when {@code tuning} is LORA
 * @param adapter domain adapter, tuned by DST
 * @param optimizer of the tuned tensors; its moments stay with the device
 * @param adapterOptimizer of the domain adapters of SLM and DPM; its moments start anew each round
 */
public record SlmConfig(
    TuningScope tuning,
    LoraConfig lora,
    AdapterConfig adapter,
    OptimizerConfig optimizer,
    OptimizerConfig adapterOptimizer)
    implements Serializable {}
