/** The baselines' learners as Spark functions. */
package org.coplms.udfs.baseline;
