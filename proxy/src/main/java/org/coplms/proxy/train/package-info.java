/** One training step: losses, optimizer, schedule, batches and seeds. */
package org.coplms.proxy.train;
