// The library's own dependency injection wants this before it is loaded.
import "reflect-metadata";
export * from "@peculiar/x509";
