/** Chat templates: what an instruction-tuned model reads and writes in a conversation. */
package org.coplms.proxy.chat;
