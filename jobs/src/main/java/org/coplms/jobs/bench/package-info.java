/** How fast models learn and write here, beside what the machine's matrix product reaches. */
package org.coplms.jobs.bench;
