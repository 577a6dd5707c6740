package org.coplms.dataprep.prepare;

/**
 * Items that are shared out together.
 *
 * @param group what {@link ItemSchema#GROUP} holds: the domain, or domain and owner
 * @param owner what the data say of the device that holds them; empty where a plan decides
 */
record GroupCount(String group, String domain, String owner, long items) {}
