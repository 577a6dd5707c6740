package org.coplms.proxy.chat;

/** A chat template that cannot be rendered: the message names template, line and reason. */
public final class ChatTemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ChatTemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
