/** The server's work as Spark tasks: pretraining, distillation, and its part of a round. */
package org.coplms.udfs.server;
