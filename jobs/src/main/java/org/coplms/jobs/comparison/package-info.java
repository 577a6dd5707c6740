/**
 * What a comparison of methods shows: scores with their intervals, costs and exposure, as JSON,
 * Markdown, text and a page. Everything that is shown is read from the JSON, so that all of them
 * say the same.
 */
package org.coplms.jobs.comparison;
