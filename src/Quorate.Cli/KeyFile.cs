using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>The public side of a key in a JSON file.</summary>
sealed record KeyFile
{
    const string CurrentFormat = "quorate-key/1";

    public required string Format { get; init; }
    public required string Scheme { get; init; }
    public required int Threshold { get; init; }
    public required int Parties { get; init; }
    public required string PublicKey { get; init; }
    public required string ChainCode { get; init; }
    public required string Package { get; init; }

    internal static KeyFile From<C>(PublicKeyPackage<C> package) where C : struct, ICurve<C>
    {
        using var writer = new WireWriter();
        package.Write(writer);
        return new()
        {
            Format = CurrentFormat,
            Scheme = Schemes.NameOf(package.Scheme),
            Threshold = package.Threshold,
            Parties = package.Parties.Count,
            PublicKey = Convert.ToHexStringLower(package.GroupKey.Encode()),
            ChainCode = Convert.ToHexStringLower(package.ChainCode),
            Package = Convert.ToHexStringLower(writer.Written),
        };
    }

    internal PublicKeyPackage<C> Open<C>(string name) where C : struct, ICurve<C>
    {
        try
        {
            var reader = new WireReader(Convert.FromHexString(Package));
            var package = PublicKeyPackage<C>.Read(ref reader);
            reader.End();
            return From(package) == this ? package : throw new CliException($"{name}: the fields contradict the package inside.");
        }
        catch (FormatException damage)
        {
            throw new CliException($"{name}: damaged: {damage.Message}");
        }
    }

    internal static KeyFile Read(string path) =>
        FormattedFile.Read(path, FileJson.Default.KeyFile, file => file.Format == CurrentFormat, $"a key file of format {CurrentFormat}");
}
