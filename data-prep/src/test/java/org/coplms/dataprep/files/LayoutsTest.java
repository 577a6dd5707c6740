package org.coplms.dataprep.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every layout on a small file of its published form. */
class LayoutsTest {
  @TempDir Path folder;

  @Test
  void columnsAreReadByNameAlsoNestedAndInThePlural() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("a.jsonl"),
            "{'q': {'text': 'one?'}, 'a': '1', 'meta': {'topic': 'math'}, 'key': 7, 'phone': 3}",
            "{'q': {'text': 'two?'}, 'as': ['2', 'ii', '2'], 'meta': {'topic': 'math'}}");
    ReadSpec spec =
        new ReadSpec(
            file.toString(),
            FileFormat.AUTO,
            Layout.COLUMNS,
            new Columns("q.text", "a", "meta.topic", "key", "phone"),
            CsvOptions.defaults(),
            DomainFrom.COLUMN,
            Cleaning.defaults());
    var rows = Reading.rows(spec);
    assertThat(Reading.told(rows)).containsExactly("math|7|one?|[1]", "math|null|two?|[2, ii]");
    assertThat(rows).extracting(row -> row.getAs(RecordSchema.DEVICE)).containsExactly("3", null);
  }

  @Test
  void alpacaJoinsInstructionAndInput() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("alpaca_data.json"),
            "[",
            "  {'instruction': 'Add.', 'input': '1, 2', 'output': '3'},",
            "  {'instruction': 'Greet.', 'input': '', 'output': 'Hello'}",
            "]");
    assertThat(read(Reading.with(Reading.with(Reading.spec(file), Layout.ALPACA), DomainFrom.FILE)))
        .containsExactly("alpaca_data|null|Add.\n\n1, 2|[3]", "alpaca_data|null|Greet.|[Hello]");
  }

  @Test
  void dollyTakesItsCategoryAsDomain() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("dolly.jsonl"),
            "{'instruction': 'When?', 'context': 'In 1999.', 'response': '1999', 'category': 'closed_qa'}",
            "{'instruction': 'Why?', 'context': '', 'response': 'So.', 'category': 'open_qa'}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.DOLLY)))
        .containsExactly("closed_qa|null|When?\n\nIn 1999.|[1999]", "open_qa|null|Why?|[So.]");
  }

  @Test
  void naturalInstructionsTakesTheDefinitionWhereverItStands() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("task001_x_y.json"),
            "{'Contributors': ['n'], 'Categories': ['Question Answering', 'x'],",
            " 'Positive Examples': [{'input': 'p', 'output': 'q', 'explanation': 'e'}],",
            " 'Instances': [",
            "  {'id': 'task001-1', 'input': 'i1', 'output': ['o1', 'o2']},",
            "  {'id': 'task001-2', 'input': 'i2', 'output': []},",
            "  {'id': 'task001-3', 'input': 'i3', 'output': 'o3'}],",
            " 'Definition': ['Do it.', 'Well.']}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.NATURAL_INSTRUCTIONS)))
        .containsExactly(
            "Question Answering|task001-1|Do it.\nWell.\n\ni1|[o1, o2]",
            "5.0 empty: the field 'output' is an empty list; give it a value or remove the record",
            "Question Answering|task001-3|Do it.\nWell.\n\ni3|[o3]");
  }

  @Test
  void aTaskOnOneLineReadsAsTheDocumentDoes() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("tasks.jsonl"),
            "{'Definition': 'D', 'Categories': ['C'], 'Instances': [{'input': 'i', 'output': 'o'}, 3]}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.NATURAL_INSTRUCTIONS)))
        .containsExactly(
            "C|null|D\n\ni|[o]",
            "1.1 not-an-object: it is a JSON number; write one JSON object for each record");
  }

  @Test
  void squadTakesDistinctAnswersAndRefusesQuestionsWithoutOne() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("train-v2.0.json"),
            "{'version': 'v2.0', 'data': [{'title': 'Rome', 'paragraphs': [{'qas': [",
            " {'question': 'Who?', 'id': 'q1', 'answers': [{'text': 'Remus', 'answer_start': 0},",
            "   {'text': 'Remus', 'answer_start': 0}, {'text': 'He', 'answer_start': 3}],",
            "  'is_impossible': false},",
            " {'question': 'Why?', 'id': 'q2', 'answers': [], 'is_impossible': true,",
            "  'plausible_answers': [{'text': 'wrong', 'answer_start': 0}]}],",
            " 'context': 'Remus.'}, 'no paragraph']}]}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.SQUAD)))
        .containsExactly(
            "Rome|q1|Remus.\n\nWho?|[Remus, He]",
            "1.1 no-answer: the question has no answer; nothing can be learned from it",
            "1.2 not-an-object: it is a JSON string; write one JSON object for each record");
  }

  @Test
  void squadAsOneQuestionPerRecordIsReadToo() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("squad.jsonl"),
            "{'id': 'q1', 'title': 'Rome', 'context': 'C', 'question': 'Q', 'answers': {'text': ['a', 'a'], 'answer_start': [1, 1]}}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.SQUAD)))
        .containsExactly("Rome|q1|C\n\nQ|[a]");
  }

  @Test
  void gsm8kKeepsTheWholeSolution() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("train.jsonl"),
            "{'question': 'How many?', 'answer': '1+1=<<1+1=2>>2\\n#### 2'}");
    assertThat(read(Reading.with(Reading.with(Reading.spec(file), Layout.GSM8K), DomainFrom.FILE)))
        .containsExactly("train|null|How many?|[1+1=<<1+1=2>>2\n#### 2]");
  }

  @Test
  void mmluTakesSubjectsFromFileNamesAndAsksForALetter() throws IOException {
    Reading.write(
        folder.resolve("test/abstract_algebra_test.csv"),
        "'What, then?',0,1,'2, or \"\"two\"\"',3,C",
        "Bad?,0,1,2,3,E",
        "Short?,0,1,C");
    ReadSpec spec = Reading.with(Reading.spec(folder.resolve("test")), Layout.MMLU);
    assertThat(read(Reading.with(spec, new CsvOptions(false, ",", "\"", false))))
        .containsExactly(
            "abstract_algebra|null|What, then?\nA. 0\nB. 1\nC. 2, or \"two\"\nD. 3\nAnswer:|[C]",
            "2.0 wrong-type: the field 'answer' must be a letter from A to D, or its number from 0, got 'E'",
            "3.0 not-csv: it has 4 fields where the file has 6 columns; correct it, or csv.delimiter");
  }

  @Test
  void mmluAsRecordsIsReadToo() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("mmlu.jsonl"),
            "{'question': 'Q?', 'subject': 'law', 'choices': ['x', 'y'], 'answer': 1}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.MMLU)))
        .containsExactly("law|null|Q?\nA. x\nB. y\nAnswer:|[B]");
  }

  @Test
  void bigBenchTakesTargetsOrTheBestChoices() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("task.json"),
            "{'examples': [",
            "  {'input': 'one', 'target': 'uno'},",
            "  {'input': 'two', 'target': ['dos', 'deux']},",
            "  {'input': 'three', 'target_scores': {'tres': 1, 'trois': 1, 'x': 0}},",
            "  {'input': 'four'}],",
            " 'task_prefix': 'Translate.', 'name': 'words', 'metrics': ['exact_str_match']}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.BIGBENCH)))
        .containsExactly(
            "words|null|Translate.\n\none|[uno]",
            "words|null|Translate.\n\ntwo|[dos, deux]",
            "words|null|Translate.\n\nthree\n  choice: tres\n  choice: trois\n  choice: x|[tres, trois]",
            "5.0 missing: it needs 'target', a string or list of strings, or 'target_scores'");
  }

  @Test
  void chatLearnsTheLastTurnOfTheAssistant() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("chat.jsonl"),
            "{'messages': [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Ho'}, {'role': 'user', 'content': 'bye'}]}",
            "{'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'a'}]}, {'role': 'assistant', 'content': 'b'}, {'role': 'user', 'content': 'c'}, {'role': 'assistant', 'content': 'd'}]}",
            "{'conversations': [{'from': 'human', 'value': 'q'}, {'from': 'gpt', 'value': 'r'}]}",
            "{'messages': [{'role': 'user', 'content': 'q'}]}",
            "{'messages': [{'role': 'assistant', 'content': 'q'}]}",
            "{'messages': [{'role': 'narrator', 'content': 'q'}]}");
    List<String> told =
        read(Reading.with(Reading.with(Reading.spec(file), Layout.CHAT), DomainFrom.DISCOVER));
    assertThat(told.subList(0, 5))
        .containsExactly(
            "null|null|Be brief.\n\nHi|[Ho]",
            "null|null|User: a\n\nAssistant: b\n\nUser: c|[d]",
            "null|null|q|[r]",
            "4.0 no-answer: no turn is the assistant's; nothing can be learned from it",
            "5.0 empty: no turn precedes the assistant's last one; it needs a user's turn");
    assertThat(told.get(5))
        .startsWith("6.0 wrong-type: the role 'narrator' is not one of assistant,");
  }

  @Test
  void promptCompletionIsTwoTextsOrOneConversation() throws IOException {
    Path file =
        Reading.write(
            folder.resolve("pc.jsonl"),
            "{'prompt': 'The sky is', 'completion': ' blue.'}",
            "{'prompt': [{'role': 'user', 'content': 'Sky?'}], 'completion': [{'role': 'assistant', 'content': 'Blue.'}]}");
    assertThat(
            read(
                Reading.with(
                    Reading.with(Reading.spec(file), Layout.PROMPT_COMPLETION), DomainFrom.FILE)))
        .containsExactly("pc|null|The sky is|[blue.]", "pc|null|Sky?|[Blue.]");
  }

  @Test
  void aRecordWithoutADomainSaysWhatToSet() throws IOException {
    Path file = Reading.write(folder.resolve("g.jsonl"), "{'question': 'q', 'answer': 'a'}");
    assertThat(read(Reading.with(Reading.spec(file), Layout.GSM8K)))
        .containsExactly(
            "1.0 missing: it has no domain: the field 'domain' is missing or empty; set domain = file or discover, or columns.domain");
  }

  private static List<String> read(ReadSpec spec) {
    return Reading.told(Reading.rows(spec));
  }
}
