/** What a run achieved: scores from its predictions, metrics.json, and the report's contents. */
package org.coplms.jobs.results;
