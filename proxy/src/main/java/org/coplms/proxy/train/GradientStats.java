package org.coplms.proxy.train;

/**
 * What one optimizer step saw.
 *
 * @param norm Euclidean norm over the gradients of all parameters, before clipping
 */
public record GradientStats(double norm) {}
