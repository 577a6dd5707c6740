/** The edge devices' part of a round, one Spark partition for each device. */
package org.coplms.udfs.edge;
