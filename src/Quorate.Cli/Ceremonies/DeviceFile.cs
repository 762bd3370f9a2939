using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;

namespace Quorate.Cli.Ceremonies;

/// <summary>
/// A member's device key in a JSON file: the seed of an Ed25519 key, sealed under a passphrase, or in the clear where the
/// user insisted. Member and device are as the membership has them.
/// </summary>
sealed record DeviceFile
{
    const string CurrentFormat = "quorate-device/1";

    public required string Format { get; init; }
    public required string Member { get; init; }
    public required string Device { get; init; }
    public required string PublicKey { get; init; }
    public string? Salt { get; init; }
    public int? Iterations { get; init; }
    public string? Nonce { get; init; }
    public required string Seed { get; init; }

    internal static DeviceFile Create(string member, string device, SecretBytes? passphrase, IRandom random)
    {
        using var key = Ed25519Key.Generate(random);
        using var seed = key.ExportSeed();
        var file = new DeviceFile
        {
            Format = CurrentFormat, Member = member, Device = device, PublicKey = Convert.ToHexStringLower(key.EncodedPublicKey), Seed = "",
        };
        if (passphrase is null)
            return file with { Seed = Convert.ToHexStringLower(seed.Expose()) };
        var seal = PassphraseSeal.Create(random);
        file = file with { Salt = seal.Salt, Iterations = seal.Iterations, Nonce = seal.Nonce };
        return file with { Seed = seal.Close(seed.Expose(), passphrase, file.AssociatedData()) };
    }

    internal static DeviceFile Read(string path) =>
        FormattedFile.Read(path, FileJson.Default.DeviceFile, file => file.Format == CurrentFormat, $"a device file of format {CurrentFormat}");

    /// <summary>The key; the caller's.</summary>
    internal Ed25519Key Open(string name, Func<SecretBytes?> passphrase)
    {
        try
        {
            using var seed = Salt is null ? new SecretBytes(Convert.FromHexString(Seed)) : Unseal(name, passphrase);
            var key = new Ed25519Key(seed.Expose());
            if (Convert.ToHexStringLower(key.EncodedPublicKey) == PublicKey)
                return key;
            key.Dispose();
            throw new CliException($"{name}: the public key does not belong to the key inside.");
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new CliException($"{name}: wrong passphrase, or the file has been changed.");
        }
        catch (Exception damage) when (damage is FormatException or ArgumentException)
        {
            throw new CliException($"{name}: damaged: {damage.Message}");
        }
    }

    /// <summary>The member's approval of a hash, with the key inside.</summary>
    internal Approval Approve(Ed25519Key key, Digest hash) => new Approval.Signature(Member, Device, key.Sign(ApprovalSet.MessageFor(hash)));

    SecretBytes Unseal(string name, Func<SecretBytes?> ask)
    {
        using var passphrase = ask() ?? throw new CliException($"{name}: the file is sealed; a passphrase is needed.");
        return PassphraseSeal.Of(Salt, Iterations, Nonce).Open(Seed, passphrase, AssociatedData());
    }

    byte[] AssociatedData() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this with { Seed = "" }, FileJson.Default.DeviceFile));
}
