package org.coplms.proxy.cotune;

import java.io.Serializable;

/** A question-answer pair that a DPM generated on the device or the server that keeps it. */
public record RehearsalPair(String prompt, String response) implements Serializable {}
