/** From a source to prepared data: the steps, and what each source brings to them. */
package org.coplms.dataprep.prepare;
