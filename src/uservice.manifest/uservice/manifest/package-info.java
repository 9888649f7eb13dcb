/// Deployment files, written from the configuration in force.
package uservice.manifest;
