/// Words every module shares: the device a store lives on, sizes, error numbers, roles.
package io.famfs.core;
