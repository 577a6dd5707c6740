/**
 * Finds domains in texts that have none: {@link org.coplms.dataprep.domains.DomainDiscovery} is
 * fitted on a sample and gives a {@link org.coplms.dataprep.domains.DomainModel}, which names the
 * domain of each row.
 */
package org.coplms.dataprep.domains;
