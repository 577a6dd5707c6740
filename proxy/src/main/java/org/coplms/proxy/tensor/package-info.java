/** Tensors on the host and in torch, and the few primitives that make autograd safe to use. */
package org.coplms.proxy.tensor;
