package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * Examples of the server for each domain.
 *
 * @param pretrain for the LLM, known domains only
 * @param pretrainSlm how many of these are for the SLMs as well
 * @param publicExamples of the public set, known domains only
 * @param test of the all-domain test, every domain
 */
public record DomainCounts(int pretrain, int pretrainSlm, int publicExamples, int test)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public DomainCounts {
    Problems problems = new Problems();
    problems.requireAtLeast(0, "pretrain", pretrain);
    problems.requireAtLeast(0, "pretrainSlm", pretrainSlm);
    problems.requireAtLeast(0, "publicExamples", publicExamples);
    problems.requireAtLeast(0, "test", test);
    problems.require(
        pretrainSlm <= pretrain,
        "pretrainSlm is taken from pretrain and must not exceed %d, got %d"
            .formatted(pretrain, pretrainSlm));
    problems.throwIfAny();
  }
}
