package org.coplms.dataprep.files;

/**
 * Conversations: {@code messages} of {@code role} and {@code content} (OpenAI's), or {@code
 * conversations} of {@code from} and {@code value} (ShareGPT's). See {@link Conversation}.
 */
final class ChatLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    Conversation conversation = new Conversation();
    if (record.has("conversations") && !record.has("messages")) {
      return conversation.add(record.list("conversations"), "from", "value").draft();
    }
    return conversation.add(record.list("messages"), "role", "content").draft();
  }
}
