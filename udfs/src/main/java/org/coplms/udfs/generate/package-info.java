/** Text from a model for every row of a table: a Spark ML transformer, and what it runs on. */
package org.coplms.udfs.generate;
