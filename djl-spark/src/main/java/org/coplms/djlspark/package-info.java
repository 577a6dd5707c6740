/** Exported models as predictors of DJL's Spark extension; built by the profile djl-spark only. */
package org.coplms.djlspark;
