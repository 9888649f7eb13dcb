/// PostgreSQL.
package uservice.postgres;
