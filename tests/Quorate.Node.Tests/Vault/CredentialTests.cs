using System.Text;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Vault;

public sealed class CredentialTests : IDisposable
{
    readonly VaultPlace place = new(isEmpty: true);

    public void Dispose() => place.Dispose();

    static KeyCredential Of(string? passphrase, byte? keyFile) => new(
        passphrase is null ? null : new(Encoding.UTF8.GetBytes(passphrase)),
        keyFile is { } of ? new(Enumerable.Repeat(of, KekFile.Size).ToArray()) : null);

    void Create(string? passphrase, byte? keyFile)
    {
        using var credential = Of(passphrase, keyFile);
        using var kek = credential.Create(SystemRandom.Shared);
        NodeVault.Create(place.File, kek, SystemRandom.Shared);
    }

    void Open(string? passphrase, byte? keyFile)
    {
        using var credential = Of(passphrase, keyFile);
        using var vault = NodeVault.Open(place.File, p => credential.Open(p, SystemRandom.Shared), SystemRandom.Shared);
        Assert.Empty(vault.Verify());
    }

    void Refused(string? passphrase, byte? keyFile, string says)
    {
        var before = File.ReadAllBytes(place.File);
        var problem = Assert.Throws<VaultException>(() => Open(passphrase, keyFile));
        Assert.Equal(VaultFault.WrongKey, problem.Fault);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(place.File));
    }

    [Fact]
    public void A_passphrase_opens_what_it_sealed_and_no_other_does()
    {
        Create("right", null);
        Open("right", null);
        Refused("Right", null, "wrong passphrase");
        Refused(null, 1, "opens with a passphrase, not with a key file");
    }

    [Fact]
    public void A_key_file_opens_what_it_sealed_and_no_other_does()
    {
        Create(null, 1);
        Open(null, 1);
        Refused(null, 2, "wrong passphrase, key file");
    }

    [Fact]
    public void Of_a_passphrase_and_a_key_file_neither_alone_opens_anything()
    {
        Create("right", 1);
        Open("right", 1);
        Refused("wrong", 1, "wrong passphrase, key file");
        Refused("right", 2, "wrong passphrase, key file");
        Refused("right", null, "opens with a passphrase and a key file");
        Refused(null, 1, "opens with a passphrase and a key file");
    }

    [Fact]
    public void Two_vaults_under_one_credential_have_different_keys()
    {
        using var credential = Of(null, 1);
        using var first = credential.Create(SystemRandom.Shared);
        using var second = credential.Create(SystemRandom.Shared);
        var wrapped = first.Wrap(new byte[32], default);
        Assert.True(first.TryUnwrap(wrapped, default, new byte[32]));
        Assert.False(second.TryUnwrap(wrapped, default, new byte[32]));
        Assert.False(first.TryUnwrap(wrapped, "bound"u8, new byte[32]));
        Assert.False(first.TryUnwrap(wrapped.AsSpan(1), default, new byte[32]));
    }

    [Fact]
    public void Parameters_out_of_bounds_are_refused_before_anything_is_computed()
    {
        using var credential = Of("slow", null);
        byte[] good;
        using (var kek = credential.Create(SystemRandom.Shared))
            good = kek.Parameters.ToArray();
        foreach (var iterations in (int[])[int.MinValue, -1, 0, 1, 599_999, 20_000_001, int.MaxValue])
        {
            byte[] changed = [.. good];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(2), iterations);
            Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => credential.Open(changed, SystemRandom.Shared)).Fault);
        }
        foreach (var kind in (byte[])[0, 4, 255])
            Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => KeyCredential.Needs([kind, .. good[1..]])).Fault);
        Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => KeyCredential.Needs([good[0], 2, .. good[2..]])).Fault);
        Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => KeyCredential.Needs(good.AsSpan(1))).Fault);
        // A key file has no iterations to be told.
        Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => KeyCredential.Needs([2, .. good[1..]])).Fault);
    }

    [Fact]
    public void A_credential_is_something()
    {
        Assert.Throws<ArgumentException>(() => new KeyCredential(null, null));
        Assert.Throws<ArgumentException>(() => new KeyCredential(new(0), null));
        Assert.Throws<ArgumentException>(() => new KeyCredential(null, new(31)));
    }

    [Fact]
    public void A_key_file_is_its_owners_alone_or_refused()
    {
        var path = place.PathOf("node.key");
        KekFile.Create(path, SystemRandom.Shared);
        using (var key = KekFile.Read(path))
            Assert.Equal(File.ReadAllBytes(path), key.Expose().ToArray());
        Assert.Throws<IOException>(() => KekFile.Create(path, SystemRandom.Shared));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Contains("0600", Assert.Throws<IOException>(() => KekFile.Read(path)).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        }
        File.WriteAllBytes(place.PathOf("short"), new byte[31]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(place.PathOf("short"), UnixFileMode.UserRead);
        Assert.Contains("32 bytes, not 31", Assert.Throws<IOException>(() => KekFile.Read(place.PathOf("short"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_never_shows_its_key_does_as_well()
    {
        using var token = new Token();
        NodeVault.Create(place.File, token, SystemRandom.Shared);
        using (var vault = NodeVault.Open(place.File, token.Open, SystemRandom.Shared))
        {
            vault.Bans.Ban(new byte[32], new(1));
            Assert.Empty(vault.Verify());
        }
        using var other = new Token();
        Assert.Equal(VaultFault.WrongKey, Assert.Throws<VaultException>(() => NodeVault.Open(place.File, other.Open, SystemRandom.Shared)).Fault);
        Assert.Equal(VaultFault.UnknownFormat, Assert.Throws<VaultException>(() => VaultPlace.OpenAt(place.File)).Fault);
    }

    /// <summary>What a PKCS#11 adapter is: a label for parameters, and a key that stays where it is.</summary>
    sealed class Token : IKeyEncryption
    {
        readonly IKeyEncryption inside = VaultPlace.NewKek();

        public ReadOnlySpan<byte> Parameters => "\u0004token:test"u8;

        public byte[] Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData) => [.. inside.Wrap(dataKey, associatedData), .. "and what the token adds"u8];

        public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey) =>
            wrapped.EndsWith("and what the token adds"u8) && inside.TryUnwrap(wrapped[..^23], associatedData, dataKey);

        internal IKeyEncryption Open(ReadOnlySpan<byte> parameters)
        {
            Assert.True(parameters.SequenceEqual(Parameters));
            return new Session(this);
        }

        public void Dispose() => inside.Dispose();

        sealed class Session(Token token) : IKeyEncryption
        {
            public ReadOnlySpan<byte> Parameters => token.Parameters;

            public byte[] Wrap(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData) => token.Wrap(dataKey, associatedData);

            public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, Span<byte> dataKey) =>
                token.TryUnwrap(wrapped, associatedData, dataKey);

            public void Dispose() { }
        }
    }
}
