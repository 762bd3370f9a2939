using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>
/// A key share in a JSON file: sealed with AES-256-GCM under PBKDF2-HMAC-SHA256 of a passphrase, or in the clear where
/// the user insisted. The public fields are bound to the sealed share, so that files can not be mixed up unnoticed.
/// </summary>
sealed record ShareFile
{
    const string CurrentFormat = "quorate-share/1";

    public required string Format { get; init; }
    public required string Scheme { get; init; }
    public required int Party { get; init; }
    public required int Threshold { get; init; }
    public required int Parties { get; init; }
    public required uint Epoch { get; init; }
    public required string PublicKey { get; init; }
    public string? Salt { get; init; }
    public int? Iterations { get; init; }
    public string? Nonce { get; init; }
    public required string Share { get; init; }

    internal static ShareFile Seal<TShare, C>(ShareFormat<TShare, C> format, TShare share, SecretBytes? passphrase, IRandom random)
        where TShare : class, IDisposable where C : struct, ICurve<C>
    {
        using var writer = new WireWriter();
        format.Write(share, writer);
        var file = Describe(format.KeyShare(share));
        if (passphrase is null)
            return file with { Share = Convert.ToHexStringLower(writer.Written) };

        var salt = new byte[16];
        var nonce = new byte[AesGcm.NonceByteSizes.MaxSize];
        random.Fill(salt);
        random.Fill(nonce);
        file = file with { Salt = Convert.ToHexStringLower(salt), Iterations = PassphraseKey.MinIterations, Nonce = Convert.ToHexStringLower(nonce) };
        var sealedShare = new byte[writer.Length + 16];
        using var key = PassphraseKey.Derive(passphrase, salt, PassphraseKey.MinIterations);
        using var aes = new AesGcm(key.Expose(), tagSizeInBytes: 16);
        aes.Encrypt(nonce, writer.Written, sealedShare.AsSpan(0, writer.Length), sealedShare.AsSpan(writer.Length), file.AssociatedData());
        return file with { Share = Convert.ToHexStringLower(sealedShare) };
    }

    internal TShare Open<TShare, C>(ShareFormat<TShare, C> format, string name, Func<SecretBytes?> passphrase)
        where TShare : class, IDisposable where C : struct, ICurve<C>
    {
        try
        {
            var bytes = Convert.FromHexString(Share);
            using var plain = new SecretBytes(Salt is null ? bytes.Length : Math.Max(0, bytes.Length - 16));
            if (Salt is null)
                bytes.CopyTo(plain.Expose());
            else
                Decrypt(bytes, plain, passphrase() ?? throw new CliException($"{name}: the file is sealed; a passphrase is needed."));
            CryptographicOperations.ZeroMemory(bytes);

            var reader = new WireReader(plain.Expose());
            var share = format.Read(ref reader);
            reader.End();
            if (Describe(format.KeyShare(share)) == this with { Salt = null, Iterations = null, Nonce = null, Share = "" })
                return share;
            share.Dispose();
            throw new CliException($"{name}: the public fields do not belong to the share inside.");
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new CliException($"{name}: wrong passphrase, or the file has been changed.");
        }
        catch (FormatException damage)
        {
            throw new CliException($"{name}: damaged: {damage.Message}");
        }
    }

    internal static ShareFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllText(path), FileJson.Default.ShareFile);
            return file?.Format == CurrentFormat ? file : throw new CliException($"{path}: not a share file of format {CurrentFormat}.");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{path}: not a share file of format {CurrentFormat}: {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }

    static ShareFile Describe<C>(KeyShare<C> share) where C : struct, ICurve<C> => new()
    {
        Format = CurrentFormat,
        Scheme = Schemes.NameOf(share.Package.Scheme),
        Party = share.Me.Value,
        Threshold = share.Package.Threshold,
        Parties = share.Package.Parties.Count,
        Epoch = share.Package.Epoch,
        PublicKey = Convert.ToHexStringLower(share.Package.GroupKey.Encode()),
        Share = "",
    };

    void Decrypt(byte[] bytes, SecretBytes plain, SecretBytes passphrase)
    {
        using (passphrase)
        {
            if (bytes.Length < 16 || Nonce is null || Iterations is not (>= PassphraseKey.MinIterations and <= PassphraseKey.MaxIterations))
                throw new FormatException("the sealing parameters are missing or out of range");
            var nonce = Convert.FromHexString(Nonce);
            if (nonce.Length != AesGcm.NonceByteSizes.MaxSize)
                throw new FormatException("the nonce has the wrong length");
            using var key = PassphraseKey.Derive(passphrase, Convert.FromHexString(Salt!), Iterations.Value);
            using var aes = new AesGcm(key.Expose(), tagSizeInBytes: 16);
            aes.Decrypt(nonce, bytes.AsSpan(..^16), bytes.AsSpan(^16..), plain.Expose(), AssociatedData());
        }
    }

    /// <summary>Every field but the sealed share itself, in the file's own canonical form.</summary>
    byte[] AssociatedData() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this with { Share = "" }, FileJson.Default.ShareFile));
}
