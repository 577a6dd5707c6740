package org.coplms.jobs.models;

/** Names of the models in {@code predictions/}. */
public final class ModelNames {
  public static final String SLM_BEFORE = "slm-before";
  public static final String SLM_ALONE = "slm-alone";
  public static final String SLM_AFTER = "slm-after";
  public static final String LLM_BEFORE = "llm-before";
  public static final String LLM_AFTER = "llm-after";
  public static final String DPM_BEFORE = "dpm-before";
  public static final String DPM = "dpm";

  private ModelNames() {}
}
