using System.Text.Json;

namespace Quorate.Cli.Api;

/// <summary>Where the API is and who asks it, kept in a file so that commands need not be told.</summary>
sealed record Profile
{
    internal const string CurrentFormat = "quorate-profile/1";
    internal const string FileName = "profile.json";

    /// <summary>Where `quorate up` leaves one, below the directory that it is started in.</summary>
    internal const string LocalDirectory = "quorate-data";

    const string Variable = "QUORATE_PROFILE";

    public required string Format { get; init; }

    /// <summary>The API's address for gRPC.</summary>
    public required string Api { get; init; }

    /// <summary>The key that its certificate has to have, where no authority vouches for it.</summary>
    public string? Pin { get; init; }

    /// <summary>The API key's id.</summary>
    public required string KeyId { get; init; }

    /// <summary>The device file that signs, beside the profile where it is no whole path.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The user's own, below the configuration directory.</summary>
    internal static string Own => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "quorate", FileName);

    /// <summary>The first there is: the one named, $QUORATE_PROFILE, that of an organisation that was started here, the user's own.</summary>
    internal static Profile? Find(string? named)
    {
        if ((named ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } path)
            return Read(Path.GetFullPath(path));
        return new[] { Path.GetFullPath(Path.Combine(LocalDirectory, FileName)), Own }.FirstOrDefault(File.Exists) is { } found ? Read(found) : null;
    }

    internal static Profile Read(string path)
    {
        var profile = FormattedFile.Read(path, FileJson.Default.Profile, p => p.Format == CurrentFormat, $"a profile of format {CurrentFormat}");
        return profile with { KeyFile = Path.GetFullPath(profile.KeyFile, Path.GetDirectoryName(path)!) };
    }

    internal string ToJson() => JsonSerializer.Serialize(this, FileJson.Default.Profile);
}
