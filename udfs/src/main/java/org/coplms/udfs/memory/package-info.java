/** What work with models takes of memory, and what there is. */
package org.coplms.udfs.memory;
