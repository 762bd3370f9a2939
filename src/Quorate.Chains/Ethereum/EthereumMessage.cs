using System.Buffers;
using System.Globalization;
using System.Text;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum;

/// <summary>Something signed that is no transaction.</summary>
public abstract class EthereumMessage
{
    private protected EthereumMessage()
    {
    }

    /// <summary>The 32 bytes that are signed.</summary>
    public abstract byte[] Digest();

    internal abstract void AddEffects(EffectsBuilder effects, EthereumFormat format);
}

/// <summary>
/// A message after EIP-191, version 0x45, as wallets call it "personal sign": what is signed is Keccak-256 of
/// 0x19 ‖ "Ethereum Signed Message:\n" ‖ length in decimal ‖ message.
/// </summary>
public sealed class PersonalMessage : EthereumMessage
{
    /// <summary>Longest message in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    static readonly SearchValues<char> lineBreaks = SearchValues.Create("\n\r\t");

    readonly byte[] message;

    /// <summary>A message of these bytes.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxSize"/>.</exception>
    public PersonalMessage(ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxSize)
            throw new ArgumentException($"{message.Length} bytes; a message has at most {MaxSize}.", nameof(message));
        this.message = message.ToArray();
    }

    /// <inheritdoc/>
    public override byte[] Digest() => Keccak256.HashData(
        [0x19, .. "Ethereum Signed Message:\n"u8, .. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture)), .. message]);

    // Contracts take signatures over binary messages for permission, most of all over hashes. What a person can read is a
    // statement and no more; but a hash that reads as 32 characters can be searched for.
    internal override void AddEffects(EffectsBuilder effects, EthereumFormat format)
    {
        effects.Add(new Effect.Memo(Convert.ToHexStringLower(message)));
        if (message.Length == Keccak256.Size || !IsReadable())
            effects.Add($"A message of {message.Length} bytes that is not text or may be a hash; a contract may take it for a permission.");
    }

    bool IsReadable()
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(message);
            return !text.Any(c => (char.IsControl(c) && !lineBreaks.Contains(c))
                || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
