/** Answers of tuned models to questions, batched on executors, with their scores. */
package org.coplms.udfs.answer;
