/**
 * Our decoders as DJL models: a block, what makes it from a folder, and text in and out, for DJL's
 * {@code Criteria}.
 */
package org.coplms.proxy.translate;
