/** Low-rank and domain adapters: small trainable parts beside frozen weights. */
package org.coplms.proxy.lora;
