/** What an edge device sends, and the rules by which the server merges it (θ, the DPM's LoRA). */
package org.coplms.proxy.merge;
