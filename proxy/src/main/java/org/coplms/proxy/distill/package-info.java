/** The distilled proxy model (DPM): made from the LLM, then taught by it on the server's data. */
package org.coplms.proxy.distill;
