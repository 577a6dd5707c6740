/** What a person at the console sees of long work: bars with the time left, lines per stage. */
package org.coplms.jobs.progress;
