use sakin::error::Result;
use sakin::http::Public;

pub async fn the_one_door(door: Public) -> Result<()> {
    door.database_answers().await
}
