/** Bytes in and out of any Hadoop file system, on the driver and on executors. */
package org.coplms.udfs.store;
