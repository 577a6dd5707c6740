/**
 * What happens in a round: domain-specific tuning, mutual learning and rehearsal on an edge device,
 * and mutual learning between proxy and LLM on the server.
 */
package org.coplms.proxy.cotune;
