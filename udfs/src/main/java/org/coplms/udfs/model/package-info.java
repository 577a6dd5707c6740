/** Models, hardware and examples as tasks on executors see them. */
package org.coplms.udfs.model;
