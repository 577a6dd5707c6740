package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.coplms.proxy.baseline.FedMktConfig.CrossEntropyUnit;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

class FedMktKnowledgeTest {
  @Test
  void itTravelsWhole() {
    FedMktKnowledge knowledge = FedMktScene.knowledge(FedMktScene.LLM, FedMktScene.config(0.1));
    byte[] bytes = knowledge.toBytes();
    FedMktKnowledge read = FedMktKnowledge.fromBytes(bytes);
    assertThat(read.toBytes()).isEqualTo(bytes);
    assertThat(read).isEqualTo(knowledge).hasSameHashCodeAs(knowledge);
    assertThat(read.entries().keySet())
        .containsExactlyInAnyOrderElementsOf(FedMktScene.PUBLIC.stream().map(Example::id).toList());
  }

  @Test
  void cutOrForeignBytesAreRefused() {
    byte[] bytes = FedMktScene.knowledge(FedMktScene.LLM, FedMktScene.config(0.1)).toBytes();
    assertThatThrownBy(() -> FedMktKnowledge.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining((bytes.length - 1) + " bytes are no knowledge");
    assertThatThrownBy(() -> FedMktKnowledge.fromBytes(new byte[] {1, 2, 3, 4, 5}))
        .hasMessageContaining("FMK1");
  }

  @Test
  void crossEntropyIsTheMeanOverTokensOrBytesOfTheResponse() {
    FedMktKnowledge byToken =
        FedMktScene.knowledge(FedMktScene.LLM, FedMktScene.config(0.1, CrossEntropyUnit.TOKEN));
    FedMktKnowledge byByte =
        FedMktScene.knowledge(FedMktScene.LLM, FedMktScene.config(0.1, CrossEntropyUnit.BYTE));
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel llm = FedMktScene.LLM.instantiate(manager)) {
      for (TokenizedExample text :
          TinyTask.tokenized(FedMktScene.PUBLIC, FedMktScene.LLM_TOKENIZER)) {
        double expected = TinyTask.crossEntropy(llm, List.of(text));
        assertThat(byToken.crossEntropy(text.key()).orElseThrow())
            .isCloseTo(expected, within(1e-5));
        int bytes = text.responseEnds()[text.responseEnds().length - 1];
        assertThat(byByte.crossEntropy(text.key()).orElseThrow())
            .isCloseTo(expected * text.responseLength() / bytes, within(1e-5));
        assertThat(byByte.entries().get(text.key()).rows())
            .hasSize(text.responseLength() * byByte.codec().bytesPerPosition());
      }
    }
    assertThat(byToken.crossEntropy("unknown")).isEmpty();
  }
}
