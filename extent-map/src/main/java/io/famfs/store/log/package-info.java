/// The metadata log on the media: reading slots, appending in publishing order.
package io.famfs.store.log;
