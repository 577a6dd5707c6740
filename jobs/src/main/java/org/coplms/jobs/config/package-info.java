/**
 * Configuration: HOCON layers (flag over file over {@code reference.conf}) bound to records, every
 * problem reported at once.
 */
package org.coplms.jobs.config;
