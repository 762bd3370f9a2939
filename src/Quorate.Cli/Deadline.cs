using System.Globalization;

namespace Quorate.Cli;

/// <summary>Until when a document of the administrators is good, as documents have it.</summary>
static class Deadline
{
    internal static string In(double hours) => TimeProvider.System.GetUtcNow().AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
