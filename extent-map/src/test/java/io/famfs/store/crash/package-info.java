/// What may be on the media after a crash: devices that record what is done to them, and every
/// state that such a record can leave behind.
package io.famfs.store.crash;
