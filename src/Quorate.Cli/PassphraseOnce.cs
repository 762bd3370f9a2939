using System.CommandLine;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary>One passphrase for several files, asked for when the first sealed one needs it.</summary>
sealed class PassphraseOnce(ParseResult parsed) : IDisposable
{
    readonly Lazy<SecretBytes?> passphrase = new(() => Passphrase.Read(parsed, isNew: false));

    internal SecretBytes? Copy() => passphrase.Value is { } value ? new(value.Expose()) : null;

    public void Dispose()
    {
        if (passphrase.IsValueCreated)
            passphrase.Value?.Dispose();
    }
}
