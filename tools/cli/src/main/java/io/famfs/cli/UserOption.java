package io.famfs.cli;

import io.famfs.os.sandbox.Account;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The option that names whom a server goes on as.
final class UserOption {
  @Option(
      names = "--user",
      paramLabel = "NAME[:GROUP]",
      converter = AccountConverter.class,
      description = {
        "Go on as this user once devices and sockets are open, with this group or the user's and no",
        "other; names or numbers (default: as whoever starts it)."
      })
  private @Nullable Account account;

  @Nullable Account account() {
    return account;
  }

  static final class AccountConverter implements ITypeConverter<Account> {
    @Override
    public Account convert(String value) {
      try {
        return Account.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
