package org.coplms.proxy.chat;

import java.beans.FeatureDescriptor;
import java.util.Collections;
import java.util.Iterator;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.MethodNotFoundException;

/** Gives strings Python's methods, and characters by index; Java's methods they do not have. */
final class PythonStringResolver extends ELResolver {
  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
    if (!(base instanceof String text)) {
      return null;
    }
    context.setPropertyResolved(true);
    Object result;
    try {
      result =
          PythonStrings.call(
              text, method.toString(), arguments == null ? new Object[0] : arguments);
    } catch (ClassCastException | NullPointerException e) {
      throw new MethodNotFoundException(
          "The method '%s' of strings does not take such arguments".formatted(method), e);
    }
    if (result == null) {
      throw new MethodNotFoundException(
          "The method '%s' of strings is not supported".formatted(method));
    }
    return result;
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    if (base instanceof String text && property.toString().matches("-?[0-9]{1,9}")) {
      int given = Integer.parseInt(property.toString());
      int index = given < 0 ? given + text.length() : given;
      context.setPropertyResolved(true);
      return index >= 0 && index < text.length() ? text.substring(index, index + 1) : null;
    }
    return null;
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    // Strings have nothing to set; another resolver answers.
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return Collections.emptyIterator();
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return base instanceof String ? Object.class : null;
  }
}
