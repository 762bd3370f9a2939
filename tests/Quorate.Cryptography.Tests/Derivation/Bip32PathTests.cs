using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Derivation;

namespace Quorate.Cryptography.Tests.Derivation;

public class Bip32PathTests
{
    [Theory]
    [InlineData("m", "m", new uint[0])]
    [InlineData("m/0", "m/0", new uint[] { 0 })]
    [InlineData("m/84'/0'/0'/0/5", "m/84'/0'/0'/0/5", new uint[] { 84 + Bip32.Hardened, Bip32.Hardened, Bip32.Hardened, 0, 5 })]
    [InlineData("m/84h/0h/1'", "m/84'/0'/1'", new uint[] { 84 + Bip32.Hardened, Bip32.Hardened, 1 + Bip32.Hardened })]
    [InlineData("m/2147483647/2147483647'", "m/2147483647/2147483647'", new uint[] { 0x7FFFFFFF, 0xFFFFFFFF })]
    public void A_path_is_read(string text, string canonical, uint[] indices)
    {
        var path = Bip32Path.Parse(text);
        Assert.Equal(indices, path.Indices.ToArray());
        Assert.Equal(canonical, path.ToString());
        Assert.Equal(indices.Any(index => index >= Bip32.Hardened), path.IsHardened);
        Assert.Equal(new Bip32Path(indices), path);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("/0")]
    [InlineData("0/1")]
    [InlineData("M/0")]
    [InlineData("m/")]
    [InlineData("m//0")]
    [InlineData("m/0/")]
    [InlineData("m0")]
    [InlineData("mm/0")]
    [InlineData("m/'")]
    [InlineData("m/h")]
    [InlineData("m/0''")]
    [InlineData("m/0h'")]
    [InlineData("m/0H")]
    [InlineData("m/00")]
    [InlineData("m/01")]
    [InlineData("m/+1")]
    [InlineData("m/-1")]
    [InlineData("m/ 1")]
    [InlineData("m/1 ")]
    [InlineData("m /1")]
    [InlineData("m/0x1")]
    [InlineData("m/1e1")]
    [InlineData("m/1,0")]
    [InlineData("m/2147483648")]
    [InlineData("m/2147483648'")]
    [InlineData("m/4294967296")]
    [InlineData("m/99999999999999999999")]
    [InlineData("m/१")]
    [InlineData("m/*")]
    public void Anything_else_is_refused(string? text)
    {
        Assert.False(Bip32Path.TryParse(text, out var path));
        Assert.Null(path);
        Assert.ThrowsAny<Exception>(() => Bip32Path.Parse(text!));
    }

    [Fact]
    public void A_path_has_at_most_255_steps()
    {
        Assert.True(Bip32Path.TryParse("m" + string.Concat(Enumerable.Repeat("/2147483647'", 255)), out var path));
        Assert.Equal(255, path.Indices.Length);
        Assert.False(Bip32Path.TryParse("m" + string.Concat(Enumerable.Repeat("/0", 256)), out _));
        Assert.False(Bip32Path.TryParse("m/" + new string('1', 100_000), out _));
        Assert.Throws<ArgumentException>(() => new Bip32Path(new uint[256]));
    }

    [Fact]
    public void Every_path_comes_back_from_its_text() =>
        Prop.ForAll(
            Gen.OneOf(Gen.Elements(0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu), Gen.Choose(0, int.MaxValue).Select(value => (uint)value))
                .ArrayOf().ToArbitrary(),
            indices =>
            {
                var path = new Bip32Path(indices);
                var parsed = Bip32Path.Parse(path.ToString());
                Assert.Equal(path, parsed);
                Assert.Equal(path.GetHashCode(), parsed.GetHashCode());
                Assert.Equal(indices, parsed.Indices.ToArray());
            }).QuickCheckThrowOnFailure();
}
