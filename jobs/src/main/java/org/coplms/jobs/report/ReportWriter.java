package org.coplms.jobs.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/**
 * Renders the report: one HTML page with its style and drawings inside, without scripts, that asks
 * for nothing over the network (its own content security policy forbids both). The template engine
 * escapes every value.
 */
public final class ReportWriter {
  private static final Configuration TEMPLATES = templates();

  private ReportWriter() {}

  /**
   * The whole page, to be written as UTF-8.
   *
   * @throws IllegalStateException if the template and the values do not fit, which is a defect here
   */
  public static String render(ReportData data) {
    return render("report.ftlh", ReportPage.of(data));
  }

  /**
   * Another page in the same dress.
   *
   * @param template below {@code report/} of the jar
   * @param page public records of texts and geometry
   * @throws IllegalStateException if the template and the values do not fit, which is a defect here
   */
  public static String render(String template, Object page) {
    StringWriter html = new StringWriter();
    try {
      TEMPLATES.getTemplate(template).process(Map.of("page", page), html);
    } catch (TemplateException e) {
      throw new IllegalStateException("The report's template failed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("The report's template cannot be read from the job jar", e);
    }
    return html.toString();
  }

  private static Configuration templates() {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassLoaderForTemplateLoading(ReportWriter.class.getClassLoader(), "report");
    templates.setDefaultEncoding("UTF-8");
    templates.setLocale(Locale.ROOT);
    templates.setNumberFormat("computer");
    templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
    templates.setAutoEscapingPolicy(Configuration.FORCE_AUTO_ESCAPING_POLICY);
    templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    templates.setWrapUncheckedExceptions(true);
    templates.setFallbackOnNullLoopVariable(false);
    return templates;
  }
}
