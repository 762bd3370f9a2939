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

        var seal = PassphraseSeal.Create(random);
        file = file with { Salt = seal.Salt, Iterations = seal.Iterations, Nonce = seal.Nonce };
        return file with { Share = seal.Close(writer.Written, passphrase, file.AssociatedData()) };
    }

    internal TShare Open<TShare, C>(ShareFormat<TShare, C> format, string name, Func<SecretBytes?> passphrase)
        where TShare : class, IDisposable where C : struct, ICurve<C>
    {
        try
        {
            using var plain = Salt is null ? Clear() : Decrypt(passphrase() ?? throw new CliException($"{name}: the file is sealed; a passphrase is needed."));
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

    internal static ShareFile Read(string path) =>
        FormattedFile.Read(path, FileJson.Default.ShareFile, file => file.Format == CurrentFormat, $"a share file of format {CurrentFormat}");

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

    SecretBytes Clear()
    {
        var bytes = Convert.FromHexString(Share);
        var plain = new SecretBytes(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return plain;
    }

    SecretBytes Decrypt(SecretBytes passphrase)
    {
        using (passphrase)
            return PassphraseSeal.Of(Salt, Iterations, Nonce).Open(Share, passphrase, AssociatedData());
    }

    /// <summary>Every field but the sealed share itself, in the file's own canonical form.</summary>
    byte[] AssociatedData() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this with { Share = "" }, FileJson.Default.ShareFile));
}
