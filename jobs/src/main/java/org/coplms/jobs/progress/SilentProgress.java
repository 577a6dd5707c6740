package org.coplms.jobs.progress;

/** For tests and for callers that want no output. */
enum SilentProgress implements Progress, Progress.Task {
  INSTANCE;

  @Override
  public Task start(String label, long steps) {
    return this;
  }

  @Override
  public void line(String text) {}

  @Override
  public void stepBy(long steps) {}

  @Override
  public void stepTo(long steps) {}

  @Override
  public void detail(String text) {}

  @Override
  public void close() {}
}
