/** What the devices' SLMs have met of each other's prompts, counted on hashes. */
package org.coplms.udfs.exposure;
